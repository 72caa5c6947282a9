/**
 * The name that somebody probably meant, by edit distance (insertions, deletions, substitutions; Levenshtein
 * 1966). Null when nothing is near, or half of it would have to be another: a far-fetched guess is worse than none.
 */
export function nearestName(text: string, names: Iterable<string>): string | null {
  let nearest: string | null = null;
  let least = Math.max(2, Math.floor(text.length / 3)) + 1;
  for (const name of new Set(names)) {
    const distance = editDistance(text.toLowerCase(), name);
    if (distance < least && distance * 2 <= Math.max(text.length, name.length)) [nearest, least] = [name, distance];
  }
  return nearest;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
