/** Columns of text, as wide as their widest cell; numbers are the caller's to align. */
export function table(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  const line = (row: readonly string[]): string => indent + row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd();
  return rows.map(line).join('\n');
}

/** Right-aligned in a column `width` wide. */
export function figure(text: string, width: number): string {
  return text.padStart(width);
}

/** `4m 05s`, `9s`; never negative. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const rest = `${seconds % 60}s`;
  if (minutes === 0) return rest;
  if (minutes < 60) return `${minutes}m ${rest.padStart(3, '0')}`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

/** `12.3 MiB`, `1.2 GiB`. */
export function bytes(count: number): string {
  const mebi = count / 1024 ** 2;
  return mebi >= 1024 ? `${(mebi / 1024).toFixed(2)} GiB` : `${mebi.toFixed(1)} MiB`;
}

/** A share of one as percent. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}
