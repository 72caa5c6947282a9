import { expect, test } from 'vitest';
import { composeFile } from './build-image.ts';

test('a build is described with its secrets as files, and nothing that was not asked for', () => {
  expect(composeFile({ image: 'shop:1', context: '/checkout', dockerfile: 'compose/Dockerfile', secrets: { npmrc: '/home/me/.npmrc' } }, false)).toEqual({
    name: 'azimuth-images',
    services: { image: { image: 'shop:1', build: { context: '/checkout', dockerfile: 'compose/Dockerfile', secrets: ['npmrc'] } } },
    secrets: { npmrc: { file: '/home/me/.npmrc' } },
  });
});

test('in an engine of ours the build uses the network of the machine', () => {
  expect(composeFile({ image: 'shop:1', context: '/checkout' }, true)).toMatchObject({ services: { image: { build: { network: 'host' } } } });
});
