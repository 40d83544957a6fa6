import { silentLogger } from '@detent/testing';
import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '../metrics/prometheus.ts';
import { PortError, startHttp } from './server.ts';

const clock = { now: () => 10_000 };

describe('HTTP of a service', () => {
  it('tells health, readiness with its reason, and metrics', async () => {
    let problem: string | undefined = 'task 0: fenced';
    const metrics = createMetrics(clock);
    metrics.count('detent_state_writes_total', 3, { service: 'x' });
    const server = await startHttp({ problem: () => problem, metrics }, 0, '127.0.0.1', silentLogger);
    const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
    expect((await get('/healthz')).status).toBe(200);
    const notReady = await get('/readyz');
    expect([notReady.status, await notReady.json()]).toEqual([503, { status: 'not ready', problem: 'task 0: fenced' }]);
    problem = undefined;
    expect((await get('/readyz')).status).toBe(200);
    expect(await (await get('/metrics')).text()).toContain('detent_state_writes_total{service="x"} 3');
    await server.close();
  });

  it('says which port is taken and what to do', async () => {
    const subject = { problem: () => undefined, metrics: createMetrics(clock) };
    const first = await startHttp(subject, 0, '127.0.0.1', silentLogger);
    const second = startHttp(subject, first.port, '127.0.0.1', silentLogger);
    await expect(second).rejects.toThrow(PortError);
    await expect(second).rejects.toThrow(
      `127.0.0.1:${first.port}: another process has it. Stop that process, or set DETENT_HTTP_PORT`,
    );
    await first.close();
  });
});
