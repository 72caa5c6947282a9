/**
 * The rooms of the house and who may import whom: programs → kit → policy → contracts, never back. Guards
 * against the shortcut that makes a service need the chaos tools to boot, or a policy need a socket to test.
 * See ARCHITECTURE.md, "Rooms".
 */
import { posix } from 'node:path';

/** Rooms that decide and declare: no clock, no dice, no process, no package but what {@link PURE_PACKAGES} lists. */
export const PURE_ROOMS: ReadonlySet<string> = new Set(['contracts', 'policy', 'simulation']);

/** Schemas are declarations, so contracts may use the library that writes them. */
export const PURE_PACKAGES: Readonly<Record<string, readonly string[]>> = { contracts: ['typebox'] };

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  contracts: ['contracts'],
  policy: ['policy', 'contracts'],
  kit: ['kit', 'policy', 'contracts'],
  simulation: ['simulation', 'policy', 'contracts'],
  compose: ['compose', 'chaos', 'contracts'],
  dashboards: ['dashboards', 'contracts'],
  services: ['services', 'kit', 'policy', 'contracts'],
  chaos: ['chaos', 'kit', 'policy', 'contracts'],
  scripts: ['scripts', 'dashboards', 'services', 'chaos', 'simulation', 'kit', 'policy', 'contracts'],
};

export const ROOMS: readonly string[] = Object.keys(MAY_IMPORT);

/** First folder of a path inside the checkout; null for files at the root. */
export function roomOf(path: string): string | null {
  const room = path.split('/')[0] ?? '';
  return ROOMS.includes(room) ? room : null;
}

/** Path inside the checkout that a module name means, or null when it names a package. */
export function resolveInside(importer: string, name: string): string | null {
  if (name.startsWith('#')) return name.slice(1);
  if (name.startsWith('.')) return posix.normalize(posix.join(posix.dirname(importer), name));
  return null;
}

/** Package that a module name means, `node:…` included; null for a path. */
export function packageOf(name: string): string | null {
  if (name.startsWith('#') || name.startsWith('.')) return null;
  const parts = name.split('/');
  return name.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? null);
}

/** Why this import may not be, or null when it may. Both are paths inside the checkout. */
export function forbiddenImport(importer: string, imported: string): string | null {
  const from = roomOf(importer);
  const to = roomOf(imported);
  if (from === null || to === null) return null;
  if (!(MAY_IMPORT[from] ?? []).includes(to)) {
    const arrows = (MAY_IMPORT[from] ?? []).join(', ');
    return `${from} imports ${to} ("${imported}"); it may import ${arrows}`;
  }
  if (from === 'services' && to === 'services' && programOf(importer) !== programOf(imported)) {
    return `the program ${programOf(importer)} imports another program ("${imported}"); put what both need into kit, policy or contracts`;
  }
  return null;
}

function programOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}
