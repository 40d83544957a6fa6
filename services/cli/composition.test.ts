import { readConfig } from '@detent/adapters';
import { expect, it } from '@jest/globals';
import { allServices } from './composition.ts';

const processors = allServices(readConfig({ environment: {} })).map(({ make }) => make());

/** Names of services that hear, also through others, of what the actions of `service` say. */
function hearersOf(service: string, heard = new Set<string>()): Set<string> {
  const actions = processors
    .find((one) => one.service === service)!
    .outputs.filter((topic) => topic.startsWith('actions.'));
  for (const { service: hearer, sources } of processors) {
    if (heard.has(hearer) || !actions.some((topic) => sources.includes(topic))) continue;
    heard.add(hearer);
    hearersOf(hearer, heard);
  }
  return heard;
}

it('no service hears of its own actions, not through others either: two would answer each other for ever', () => {
  expect([...hearersOf('picking')]).toEqual(['routing']);
  for (const { service } of processors) expect([service, hearersOf(service).has(service)]).toEqual([service, false]);
});
