import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { choosePort, loopback } from './ports.ts';

describe('choosing a port', () => {
  it('names a taken port, what it was for and the way out', async () => {
    const squatter = createServer();
    const port = await new Promise<number>((resolve) =>
      squatter.listen(0, loopback, () => resolve((squatter.address() as { port: number }).port)),
    );
    try {
      await expect(choosePort('default', port, 'Kafka')).rejects.toMatchObject({
        code: 'DETENT_STACK_PORT_TAKEN',
        message: expect.stringMatching(new RegExp(`${port}.*Kafka.*--ports free`)),
      });
      const free = await choosePort('free', port, 'Kafka');
      expect(free).toBeGreaterThan(0);
      expect(free).not.toBe(port);
    } finally {
      squatter.close();
    }
  });
});
