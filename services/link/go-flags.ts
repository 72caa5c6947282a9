/**
 * A command that also takes flags as Go programs do: `-port 8474`, `-port=8474`, `-proxy-metrics=true`.
 * Commander would read `-port` as `-p ort` and `-host` as a call for help.
 * https://pkg.go.dev/flag#hdr-Command_line_flag_syntax
 */
import { Command } from 'commander';

export class GoFlagsCommand extends Command {
  override parseOptions(words: string[]): ReturnType<Command['parseOptions']> {
    return super.parseOptions(this.#withTwoDashes(words));
  }

  /** Words after `--` are left alone, and so is what is no flag of this command. */
  #withTwoDashes(words: readonly string[]): string[] {
    const end = words.indexOf('--');
    const flags = end === -1 ? words : words.slice(0, end);
    return [...flags.flatMap((word) => this.#translate(word)), ...words.slice(flags.length)];
  }

  #translate(word: string): string[] {
    const match = /^--?([a-z][a-z-]+)(?:=(.*))?$/s.exec(word);
    const option = this.options.find(({ long }) => long === `--${match?.[1]}`);
    if (match === null || option === undefined) return [word];
    const [, name, value] = match;
    if (value === undefined) return [`--${name}`];
    if (option.required) return [`--${name}=${value}`];
    // A switch: Go lets it be given a value.
    if (/^(?:1|t|true)$/i.test(value)) return [`--${name}`];
    return /^(?:0|f|false)$/i.test(value) ? [] : [word];
  }
}
