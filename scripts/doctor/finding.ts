/**
 * One thing that the doctor looked at. A problem keeps the region from starting or its figures from being
 * true, and always says what to do; a note is worth knowing and stops nothing.
 */
export interface Finding {
  name: string;
  state: 'ok' | 'note' | 'problem';
  found: string;
  /** What to do; null where there is nothing to do. */
  remedy: string | null;
}

export function ok(name: string, found: string): Finding {
  return { name, state: 'ok', found, remedy: null };
}

export function note(name: string, found: string, remedy: string | null = null): Finding {
  return { name, state: 'note', found, remedy };
}

export function problem(name: string, found: string, remedy: string): Finding {
  return { name, state: 'problem', found, remedy };
}
