/**
 * What a region of processes must know of one that runs in containers on the same machine: who has its name or its
 * ports, and how that one is stopped. Guards against "port 8080 is taken" without a word of the region that has it.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { DEFAULT_REGION, bodyText, listRegions } from '#kit/find-region.ts';

/** What stops the containers of a region, typed in the checkout. */
export function stopText(region: string): string {
  return `${region === DEFAULT_REGION ? '' : `AZIMUTH_REGION=${region} `}docker compose down -v`;
}

/** The region of that name that runs on this machine, of either body. */
export async function runningRegion(name: string): Promise<RunningRegion | undefined> {
  return (await regionsHere()).find(({ region }) => region === name);
}

/** @throws CommandFailure USAGE when a region of that name runs already */
export async function refuseSecondStart(name: string): Promise<void> {
  const found = await runningRegion(name);
  if (found === undefined) return;
  const { body, pid, urls, api } = found;
  const where = pid === null ? bodyText(body) : `process ${pid}`;
  throw new CommandFailure(
    `Region "${name}" is running already (${where}): ${urls['shop'] ?? api}`,
    EXIT.USAGE,
    `Stop it with "${body === 'compose' ? stopText(name) : './azimuth down'}", or start another beside it: AZIMUTH_REGION=b npm start.`,
  );
}

/** `, by region "azimuth", which runs in containers` where one has some of these ports; else nothing. */
export async function holderText(ports: readonly number[]): Promise<string> {
  const holder = (await regionsHere()).find(({ body, api, urls }) => body === 'compose' && [api, ...Object.values(urls)].some((url) => ports.includes(portOf(url))));
  return holder === undefined ? '' : `, by region "${holder.region}", which runs in containers ("${stopText(holder.region)}" stops it)`;
}

/** Whatever `AZIMUTH_API` names: that is for verbs. */
async function regionsHere(): Promise<RunningRegion[]> {
  return (await listRegions({ ...process.env, AZIMUTH_API: undefined })).regions;
}

function portOf(url: string): number {
  return URL.canParse(url) ? Number(new URL(url).port) : 0;
}
