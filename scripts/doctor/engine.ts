/**
 * Whether Docker's engine can carry the region in containers: that it answers, Compose beside it, its memory, and the
 * images. Asked through the `docker` program, because contexts and credentials are its own. A region of processes needs
 * nothing of it, so all of this is worth knowing and stops nothing.
 * https://docs.docker.com/reference/cli/docker/version/
 */
import { spawn } from 'node:child_process';
import { ROOT } from '../tool.ts';
import { note, ok, type Finding } from './finding.ts';

const ANSWER_LIMIT_MS = 10_000;
const GIB = 1024 ** 3;
const MEMORY_BYTES_MIN = 2.5 * GIB;
const COMPOSE_MIN = [2, 24] as const;
/** What `docker compose up` builds itself where it is missing. */
const OUR_IMAGE = /^azimuth[:\-/]/;

export interface DockerAnswer {
  exitCode: number;
  out: string;
  /** Its last words, one line. */
  complaint: string;
}

/** Runs `docker` with these words; null where there is no such program. */
export type AskDocker = (words: readonly string[]) => Promise<DockerAnswer | null>;

export const askDocker: AskDocker = (words) =>
  new Promise((resolve) => {
    const child = spawn('docker', words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], timeout: ANSWER_LIMIT_MS, killSignal: 'SIGKILL' });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', () => resolve(null));
    child.on('close', (code, signal) => {
      const complaint = signal === null ? (err.trim().split('\n').at(-1) ?? '') : `no answer within ${ANSWER_LIMIT_MS / 1000} s`;
      resolve({ exitCode: code ?? 1, out: out.trim(), complaint });
    });
  });

export async function examineEngine(ask: AskDocker): Promise<Finding[]> {
  const server = await ask(['version', '--format', '{{.Server.Version}} ({{.Server.Os}}/{{.Server.Arch}})']);
  if (server === null) return [note('engine', 'there is no "docker" on the PATH', 'For a region in containers install Docker Engine or Docker Desktop.')];
  if (server.exitCode !== 0) return [note('engine', `does not answer: ${server.complaint}`, remedyOf(server.complaint))];
  return [ok('engine', server.out), await examineCompose(ask), await examineMemory(ask), await examineImages(ask)];
}

function remedyOf(complaint: string): string {
  if (/permission denied/i.test(complaint)) return 'Give yourself the right to its socket (on Linux: membership of the group docker), or use a rootless engine.';
  return 'Start Docker, and run this again. A region of processes needs none.';
}

async function examineCompose(ask: AskDocker): Promise<Finding> {
  const wanted = COMPOSE_MIN.join('.');
  const answer = await ask(['compose', 'version', '--short']);
  if (answer === null || answer.exitCode !== 0) return note('compose', 'the plugin is missing', `Install Docker Compose ${wanted} or newer; docker-compose of version 1 will not do.`);
  const [major = 0, minor = 0] = answer.out.replace(/^v/, '').split('.').map(Number);
  if (major > COMPOSE_MIN[0] || (major === COMPOSE_MIN[0] && minor >= COMPOSE_MIN[1])) return ok('compose', answer.out);
  return note('compose', `${answer.out} is too old`, `Install Docker Compose ${wanted} or newer.`);
}

async function examineMemory(ask: AskDocker): Promise<Finding> {
  const answer = await ask(['info', '--format', '{{.MemTotal}}']);
  const bytes = Number(answer?.out);
  if (answer?.exitCode !== 0 || !Number.isFinite(bytes)) return note('engine memory', 'is not known');
  const found = `${(bytes / GIB).toFixed(1)} GiB`;
  if (bytes >= MEMORY_BYTES_MIN) return ok('engine memory', found);
  return note('engine memory', found, `A region in containers takes up to ${MEMORY_BYTES_MIN / GIB} GiB. Give Docker's virtual machine more.`);
}

/** Asks the registry of one missing image, as `pull` would, and loads nothing. */
async function examineImages(ask: AskDocker): Promise<Finding> {
  const described = await ask(['compose', 'config', '--images']);
  if (described?.exitCode !== 0) return note('images', `are not known: ${described?.complaint ?? ''}`);
  const images = [...new Set(described.out.split('\n').filter((line) => line !== ''))].sort();
  const known = await Promise.all(images.map((image) => ask(['image', 'inspect', '--format', '{{.Id}}', image])));
  const missing = images.filter((_image, index) => known[index]?.exitCode !== 0);
  const [pulled] = missing.filter((image) => !OUR_IMAGE.test(image));
  if (missing.length === 0) return ok('images', `all ${images.length} are at hand`);
  if (pulled === undefined) return ok('images', `${missing.join(', ')} will be built, the others are at hand`);
  const answer = await ask(['manifest', 'inspect', pulled]);
  if (answer?.exitCode === 0) return ok('images', `${missing.length} of ${images.length} will be pulled or built, and the registry answers`);
  return note(
    'images', `${missing.join(', ')} are missing, and the registry of ${pulled} says nothing of it: ${answer?.complaint ?? ''}`,
    'Give Docker a way to the registry (a proxy, a mirror). Without one, "./azimuth test-compose --provision" builds stand-ins.',
  );
}
