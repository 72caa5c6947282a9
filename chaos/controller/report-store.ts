/** The reports of runs on the controller's disk, a folder for each run. A path is served only if it is one of the listed. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Run } from '#contracts/runs.ts';

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json; charset=utf-8', xml: 'application/xml; charset=utf-8', md: 'text/markdown; charset=utf-8', html: 'text/html; charset=utf-8', gz: 'application/gzip',
};
const OTHER_TYPE = 'application/octet-stream';

/** What a file of a report may be. */
export const REPORT_TYPES: readonly string[] = [...Object.values(TYPES), OTHER_TYPE].map((type) => type.replace(/;.*/, ''));

export class ReportStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where the report of a run is written. */
  folderOf(id: string): string {
    return join(this.#folder, id);
  }

  /** With `/` between the parts of a path; empty for a run without a report. */
  files(id: string): Run['files'] {
    const folder = this.folderOf(id);
    let entries;
    try {
      entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    } catch {
      return [];
    }
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return paths.map((path) => ({ path: relative(folder, path).replaceAll(sep, '/'), bytes: statSync(path).size })).sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  /** Null for a path that is not in the report. */
  find(id: string, path: string): { path: string; type: string } | null {
    if (!this.files(id).some((file) => file.path === path)) return null;
    return { path: join(this.folderOf(id), path), type: TYPES[path.split('.').at(-1) ?? ''] ?? OTHER_TYPE };
  }

  /** Never throws: what is left of a report that nobody lists harms nobody. */
  remove(id: string): void {
    try {
      rmSync(this.folderOf(id), { recursive: true, force: true });
    } catch {
      // The next start tries again.
    }
  }

  /** Of runs that are not remembered, and of writes that were cut short. */
  removeAllBut(ids: readonly string[]): void {
    let names: string[];
    try {
      names = readdirSync(this.#folder);
    } catch {
      return;
    }
    for (const name of names) if (!ids.includes(name)) this.remove(name);
  }
}
