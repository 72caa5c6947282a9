/** Whether a path names a file that this process may run. Guards against starting what a name on the PATH only seems to be. */
import { accessSync, constants } from 'node:fs';

/** Never throws: what is not there, or must not be run, is none. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
