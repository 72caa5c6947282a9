/**
 * What is wrong with a region's description, and where. All problems of a file are reported together, so
 * that one look repairs them all; lines and columns count from 1, as editors do.
 */
export interface Problem {
  file: string;
  line: number;
  column: number;
  /** What is wrong and what is allowed. */
  message: string;
}

/** One line per problem, in the form that editors and CI jobs make clickable. */
export function problemText(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`;
}
