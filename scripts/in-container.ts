/**
 * The command line in a container of its own: which of its commands have a meaning there. The others would start a
 * second region inside the container, or look at the container where a person means their machine; each says in one
 * sentence what to do instead.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';

const ON_THE_HOST = 'Run it on the machine itself, in the checkout: ./azimuth';

/** What to do instead, by command. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  up: 'A region in containers is started with "docker compose up -d --wait".',
  down: 'A region in containers is stopped with "docker compose down -v".',
  demo: 'From start to verdict in containers it is "docker compose run --rm demo".',
  table: `It keeps its evidence in the checkout. ${ON_THE_HOST} table`,
  region: `It looks for free ports and subnets of the machine. ${ON_THE_HOST} region`,
  'load-balancer': `A container of its own has nobody to balance for. ${ON_THE_HOST} load-balancer`,
  toxiproxy: `A container of its own has nobody to serve. ${ON_THE_HOST} toxiproxy`,
  bench: `${ON_THE_HOST} bench`,
  doctor: `It looks at the machine, not at a container. ${ON_THE_HOST} doctor`,
  check: `${ON_THE_HOST} check`,
  test: `${ON_THE_HOST} test`,
  completion: `It is for the shell of the machine. ${ON_THE_HOST} completion`,
  'test-compose': `${ON_THE_HOST} test-compose`,
};

export function isForTheHost(command: string): boolean {
  return Object.hasOwn(ELSEWHERE, command);
}

/** @throws CommandFailure USAGE for a command that means nothing in a container */
export function refuseOnContainer(command: string | undefined): void {
  if (command === undefined || !isForTheHost(command)) return;
  throw new CommandFailure(`"${command}" means nothing in a container.`, EXIT.USAGE, ELSEWHERE[command]);
}
