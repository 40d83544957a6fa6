import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readConfig } from '../services/shared/adapters/config/config.ts';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');

interface Service {
  image: string;
  build?: string;
  command?: string[];
  profiles?: string[];
  ports: string[];
  environment?: Record<string, string>;
  depends_on?: string[] | Record<string, object>;
  volumes?: string[];
  healthcheck?: object;
}
const compose = parse(text, { merge: true }) as { services: Record<string, Service>; volumes: Record<string, null> };
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

/** `${NAME:-value}` as Compose fills it in when NAME is not set. */
const filled = (value: string): string => value.replace(/\$\{\w+:-([^}]*)\}/g, '$1');

describe('docker-compose.yml', () => {
  it.each(services)('%s publishes its ports on loopback only, each once', (_, { ports }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('publishes no port twice', () => {
    const published = services.flatMap(([, { ports }]) => ports.map((port) => port.split(':')[1]));
    expect(new Set(published).size).toBe(published.length);
  });

  it.each(services)('%s waits for, mounts and keeps only what there is', (_, { depends_on = [], volumes = [] }) => {
    const needed = Array.isArray(depends_on) ? depends_on : Object.keys(depends_on);
    expect(needed.filter((name) => !compose.services[name])).toEqual([]);
    const sources = volumes.map((volume) => filled(volume).split(':')[0] ?? '');
    const absent = sources.filter((source) =>
      source.startsWith('.') ? !existsSync(join(root, source)) : !(source in compose.volumes),
    );
    expect(absent).toEqual([]);
  });

  it.each(services)('%s can be asked whether it is well', (_, { healthcheck, build }) => {
    if (build === undefined) expect(healthcheck).toBeDefined();
    else expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toMatch(/^HEALTHCHECK[\s\S]*\/healthz/m);
  });

  it.each(ours)('%s gets a configuration that is valid', (name, { environment = {}, command }) => {
    const entries = Object.entries(environment).map(([key, value]) => [key, filled(value)]);
    const config = readConfig({ environment: Object.fromEntries(entries) as Record<string, string> });
    expect(config).toMatchObject({ profile: 'cluster', actions: 'dry-run', kafkaBrokers: ['kafka:19092'] });
    expect(command).toEqual(['run', name]);
  });

  it('runs every service, and Prometheus scrapes each', () => {
    const deployables = ['ingest', 'segmenter', 'picking', 'storage', 'routing'];
    expect(ours.map(([name]) => name)).toEqual([...deployables, 'webhooks']);
    expect(ours.filter(([, { profiles = [] }]) => profiles.length > 0).map(([name]) => name)).toEqual(['webhooks']);
    const prometheus = parse(readFileSync(join(root, 'infra', 'prometheus', 'prometheus.yml'), 'utf8')) as {
      scrape_configs: {
        static_configs: { targets: string[] }[];
        dns_sd_configs: { names: string[]; port: number }[];
      }[];
    };
    const targets = prometheus.scrape_configs.flatMap((job) => job.static_configs.flatMap(({ targets }) => targets));
    expect(targets).toEqual(deployables.map((name) => `${name}:8080`));
    // Found only where it runs: one that nobody asked for is not one that is down.
    const found = prometheus.scrape_configs.flatMap((job) => job.dns_sd_configs);
    expect(found).toEqual([expect.objectContaining({ names: ['webhooks'], port: 8080 })]);
  });
});

const tool = [['docker', 'compose'], ['docker-compose']].find(
  ([command = '', ...args]) => spawnSync(command, [...args, 'version'], { stdio: 'ignore' }).status === 0,
);

(tool ? describe : describe.skip)('docker-compose.yml (needs Docker Compose; no engine)', () => {
  it('is accepted by "config"', () => {
    const [command = '', ...args] = tool ?? [];
    // Compose 1 knows everything in the file but its name.
    const file = join(root, `docker-compose.${process.pid}.tmp.yml`);
    writeFileSync(file, text.replace(/^name:.*\n/m, ''));
    const run = spawnSync(command, [...args, '-f', file, 'config', '--quiet'], { cwd: root, encoding: 'utf8' });
    rmSync(file);
    expect({ status: run.status, said: run.stderr }).toEqual({ status: 0, said: '' });
  });
});
