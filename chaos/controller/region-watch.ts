/** Looks at what the injector holds once a second, while somebody follows the region's events, and not at all while nobody does. */
import type { RegionEvent } from '#contracts/runs.ts';
import { regionChanges, type HeldView } from './region-changes.ts';

const LOOK_MS = 1000;

export class RegionWatch {
  readonly #look: () => Promise<HeldView>;
  readonly #tell: (event: RegionEvent) => void;
  #followers = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Undefined before the first look, of which nothing is told. */
  #seen: HeldView | null | undefined;
  #isLooking = false;

  /** @param look rejects for an injector that does not answer */
  constructor(look: () => Promise<HeldView>, tell: (event: RegionEvent) => void) {
    this.#look = look;
    this.#tell = tell;
  }

  /** @returns ends it, for this follower */
  begin(): () => void {
    this.#followers += 1;
    if (this.#followers === 1) {
      this.#seen = undefined;
      this.#timer = setInterval(() => void this.#again(), LOOK_MS);
      void this.#again();
    }
    return () => {
      this.#followers -= 1;
      if (this.#followers === 0) clearInterval(this.#timer);
    };
  }

  async #again(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const now = await this.#look().catch(() => null);
    this.#isLooking = false;
    const before = this.#seen;
    this.#seen = now;
    if (before === undefined) return;
    for (const event of regionChanges(before, now, Date.now())) this.#tell(event);
  }
}
