/** What a command prints, kept instead of shown, and the exit code that it sets, which is not the test run's. */
import { vi } from 'vitest';

export class Printed {
  /** On standard output. */
  out = '';
  /** On standard error. */
  err = '';

  /** From now on, until {@link restore}. */
  static keep(): Printed {
    const printed = new Printed();
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed.out += String(text);
      return true;
    });
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      printed.err += String(text);
      return true;
    });
    return printed;
  }

  restore(): void {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  }
}
