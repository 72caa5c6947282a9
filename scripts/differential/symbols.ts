/**
 * The ports of one server's surroundings by symbol, in both directions: steps are written with symbols, and
 * what is observed is written with them again, so that two servers on different ports can be compared to the
 * letter. Ports that a server chose itself are numbered as they appear.
 */
export class Symbols {
  readonly #ports = new Map<string, number>();
  readonly #chosen: number[] = [];

  /** `name` as in `<port a>` without the brackets. */
  set(name: string, port: number): void {
    this.#ports.set(name, port);
  }

  has(name: string): boolean {
    return this.#ports.has(name);
  }

  forget(name: string): void {
    this.#ports.delete(name);
  }

  /** Forgets the ports that servers chose; a new case numbers them anew. */
  forgetChosen(): void {
    this.#chosen.length = 0;
  }

  /** `<port a>` becomes the port, every other symbol an address of 127.0.0.1. Unknown ones are left as they are. */
  fill(text: string): string {
    return text.replace(/<(port \w+|chosen \d+|[\w-]+)>/g, (whole, name: string) => {
      if (name.startsWith('chosen ')) return String(this.#chosen[Number(name.slice(7)) - 1] ?? whole);
      const port = this.#ports.get(name);
      if (port === undefined) return whole;
      return name.startsWith('port ') ? String(port) : `127.0.0.1:${port}`;
    });
  }

  /** The reverse of {@link fill}; the port of an address that is no known one was chosen by the server. */
  abstract(text: string): string {
    let result = text;
    for (const [name, port] of this.#ports) {
      if (!name.startsWith('port ')) result = result.replaceAll(new RegExp(`127\\.0\\.0\\.1:${port}(?!\\d)`, 'g'), `<${name}>`);
    }
    return result.replaceAll(/(?<=[\w\]]):(\d{4,5})(?!\d)/g, (_, digits: string) => `:${this.#nameOf(Number(digits))}`);
  }

  #nameOf(port: number): string {
    for (const [name, known] of this.#ports) if (known === port) return `<${name}>`;
    if (!this.#chosen.includes(port)) this.#chosen.push(port);
    return `<chosen ${this.#chosen.indexOf(port) + 1}>`;
  }
}
