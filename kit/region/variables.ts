/**
 * The variables that a region's description may use, and their substitution. It guards against the file
 * that means one thing to Docker Compose and another to us: only `${NAME:-default}` of a listed name is
 * read, a name has one default in the whole file, and every value is checked before it reaches an address.
 * Reference: Compose specification, "Interpolation" (`:-` also covers a variable that is set but empty).
 */
import { REGION_NAME_PATTERN } from '#contracts/region.ts';

/** Where a description may be adjusted without being edited; each with the test of a value. */
const LISTED: Record<string, { allowed: string; test: (value: string) => boolean }> = {
  AZIMUTH_REGION: {
    allowed: 'a lower-case letter, then up to 30 of a-z, 0-9 and "-"',
    test: (value) => new RegExp(REGION_NAME_PATTERN).test(value),
  },
  AZIMUTH_SUBNET: { allowed: 'the first two octets of a private network, such as 10.83', test: isPrivatePrefix },
  AZIMUTH_SHOP_PORT: { allowed: 'a port from 1024 to 65535', test: isPort },
  AZIMUTH_API_PORT: { allowed: 'a port from 1024 to 65535', test: isPort },
  AZIMUTH_PROMETHEUS_PORT: { allowed: 'a port from 1024 to 65535', test: isPort },
  AZIMUTH_GRAFANA_PORT: { allowed: 'a port from 1024 to 65535', test: isPort },
  AZIMUTH_DOCKER_SOCKET: { allowed: "the absolute path of the engine's socket, without a colon", test: (value) => /^\/[^:\n]+$/.test(value) },
  AZIMUTH_VERSION: { allowed: 'an image tag, such as 0.1.0', test: (value) => /^\w[\w.-]{0,127}$/.test(value) },
  AZIMUTH_RESCUE: { allowed: 'on or off', test: (value) => value === 'on' || value === 'off' },
  LOG_LEVEL: {
    allowed: 'trace, debug, info, warn, error, fatal or silent',
    test: (value) => ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].includes(value),
  },
};

const NAMES: readonly string[] = Object.keys(LISTED);

export type Variables = Readonly<Record<string, string | undefined>>;

/** One `${NAME:-default}` of a text. */
interface VariableUse {
  name: string;
  fallback: string;
  /** What is wrong with the value that was given; the text then has the default. */
  problem: string | null;
}

export interface Substitution {
  text: string;
  uses: VariableUse[];
  /** What is wrong with how the text uses variables. */
  problems: string[];
}

const TOKEN = /\$\$|\$\{([A-Za-z_]\w*):-([^${}]*)\}|\$(?:\{[^}]*\}?|\w*)/g;

/** Substitutes the variables of one scalar. `$$` stands for a dollar sign, as in Compose. */
export function substitute(source: string, variables: Variables): Substitution {
  const uses: VariableUse[] = [];
  const problems: string[] = [];
  const text = source.replace(TOKEN, (token: string, name: string | undefined, fallback: string | undefined) => {
    if (token === '$$') return '$';
    if (name === undefined || fallback === undefined) {
      problems.push(`"${token}" is not understood: write \${NAME:-default}, or $$ for a dollar sign`);
      return token;
    }
    const rule = Object.hasOwn(LISTED, name) ? LISTED[name] : undefined;
    if (rule === undefined) {
      problems.push(`variable ${name} is not one of ${NAMES.join(', ')}`);
      return fallback;
    }
    const given = variables[name];
    const value = given === undefined || given === '' ? fallback : given;
    const isGood = rule.test(value);
    uses.push({ name, fallback, problem: isGood ? null : `variable ${name} is "${value}"; it must be ${rule.allowed}` });
    return isGood ? value : fallback;
  });
  return { text, uses, problems };
}

function isPort(value: string): boolean {
  return /^\d{4,5}$/.test(value) && Number(value) >= 1024 && Number(value) <= 65535;
}

/** RFC 1918; a public prefix would hide that part of the Internet from this machine. */
function isPrivatePrefix(value: string): boolean {
  const match = /^(\d{1,3})\.(\d{1,3})$/.exec(value);
  if (match === null) return false;
  const [first, second] = [Number(match[1]), Number(match[2])];
  if (value !== `${first}.${second}`) return false;
  return (first === 10 && second <= 255) || (first === 172 && second >= 16 && second <= 31) || (first === 192 && second === 168);
}
