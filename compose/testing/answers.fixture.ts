/** What members of a zone answer where customers and balancers ask them: what the injector says of them is its own account. */
import { containersOf } from './containers.fixture.ts';
import { node } from './inside.fixture.ts';
import { REGION } from './place.fixture.ts';

export interface MemberAnswer {
  /** `200`, `500 AZ_INJECTED_500`. */
  said: string;
  tookMs: number;
}

const ASK = `
const ask = async (url) => {
  const startedMs = performance.now();
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
  await answer.text();
  return { said: [answer.status, answer.headers.get('x-azimuth-error')].filter((word) => word !== null).join(' '), tookMs: performance.now() - startedMs };
};
Promise.all(process.argv.slice(1).map(ask)).then((all) => console.log(JSON.stringify(all)));
`;

/** By service; links have no answers of their own. Asked all at once, from the injector's networks. @throws Error when one does not answer at all */
export async function answersOf(az: string, path: string): Promise<Map<string, MemberAnswer>> {
  const members = [...(await containersOf(az))].filter(([, { Config }]) => Config.Labels['azimuth.port'] !== undefined);
  const urls = members.map(([, { Config, NetworkSettings }]) => `http://${NetworkSettings.Networks[`${REGION}_${az}`]?.IPAddress}:${Config.Labels['azimuth.port']}${path}`);
  const answers = JSON.parse(await node('injector', ASK, urls)) as MemberAnswer[];
  return new Map(members.map(([service], index) => [service, answers[index] ?? { said: 'nothing', tookMs: Infinity }]));
}
