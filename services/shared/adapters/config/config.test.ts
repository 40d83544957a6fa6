import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.ts';

const faultsOf = (sources: Parameters<typeof readConfig>[0]): readonly string[] => {
  try {
    readConfig(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

describe('configuration', () => {
  it('has defaults that work on a laptop, with actions live only there', () => {
    expect(readConfig({ environment: {} })).toMatchObject({
      profile: 'embedded',
      partitions: 1,
      actions: 'live',
      topicPrefix: 'detent.',
    });
    expect(readConfig({ environment: { DETENT_PROFILE: 'cluster' } })).toMatchObject({
      actions: 'dry-run',
      partitions: 4,
    });
  });

  it('takes flags over environment over file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'detent-')), 'detent.json');
    writeFileSync(file, JSON.stringify({ httpPort: 1, partitions: 2, batchRecords: 3 }));
    const config = readConfig({
      flags: { httpPort: 9 },
      environment: { DETENT_HTTP_PORT: '8', DETENT_PARTITIONS: '7' },
      file,
    });
    expect(config).toMatchObject({ httpPort: 9, partitions: 7, batchRecords: 3 });
  });

  it('says under which key a file has what a variable sets', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'detent-')), 'detent.json');
    writeFileSync(file, JSON.stringify({ DETENT_KAFKA_BROKERS: 'a:1', partition: 2 }));
    expect(faultsOf({ environment: {}, file })).toEqual([
      `${file}: unknown setting "DETENT_KAFKA_BROKERS": here it is kafkaBrokers`,
      `${file}: unknown setting "partition": did you mean partitions?`,
    ]);
  });

  it('names every fault at once, where it came from, and the nearest known name', () => {
    const faults = faultsOf({
      flags: { httpPort: 99_999 },
      environment: {
        DETENT_PROFILE: 'cloud',
        DETENT_KAFKA_BROKER: 'x:1',
        DETENT_KAFKA_BROKERS: 'nonsense',
        DETENT_REDIS_URL: 'localhost',
      },
    });
    expect(faults).toHaveLength(5);
    expect(faults.join('\n')).toContain('DETENT_KAFKA_BROKER is not a setting: did you mean DETENT_KAFKA_BROKERS?');
    for (const place of [
      '--http-port',
      'DETENT_PROFILE',
      'DETENT_KAFKA_BROKERS: must be host:port',
      'DETENT_REDIS_URL',
    ]) {
      expect(faults.join('\n')).toContain(place);
    }
  });

  it('takes the nodes of a Redis cluster', () => {
    for (const nodes of ['a:1', 'a:7001, b:7002', 'rediss://user:secret@a:1,b:2'])
      expect(readConfig({ environment: { DETENT_REDIS_CLUSTER: nodes } }).redisCluster).toBe(nodes);
    expect(faultsOf({ environment: { DETENT_REDIS_CLUSTER: 'a,b' } })[0]).toContain(
      'DETENT_REDIS_CLUSTER: must be host',
    );
  });

  it('asks for credentials where a SASL mechanism is named', () => {
    expect(faultsOf({ environment: { DETENT_KAFKA_SASL_MECHANISM: 'plain' } })[0]).toContain(
      'DETENT_KAFKA_SASL_PASSWORD',
    );
  });

  it('says which file is missing or broken', () => {
    expect(faultsOf({ environment: {}, file: '/nowhere/detent.json' })[0]).toContain(
      '/nowhere/detent.json does not exist',
    );
  });
});
