/**
 * Lets changes of the same proxy happen one after another, while those of different proxies do not wait for
 * each other. Binding a port takes a few turns of the event loop; without this, two creates of one name
 * would both find it free.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `change` once every earlier change of any of `names` has ended. All names are taken at once, so nobody can wait in a circle. */
  async take<T>(names: readonly string[], change: () => Promise<T>): Promise<T> {
    const earlier = names.map((name) => this.#last.get(name));
    const turn = Promise.all(earlier).then(change);
    const ended = turn.then(
      () => {},
      () => {},
    );
    for (const name of names) this.#last.set(name, ended);
    try {
      return await turn;
    } finally {
      for (const name of names) if (this.#last.get(name) === ended) this.#last.delete(name);
    }
  }
}
