/** A whole number as an option of a proof's command takes it. */
import { InvalidArgumentError } from 'commander';

/** @returns a parser for commander, which tells a person what is wrong with another text */
export function wholeFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
