import { createServer } from 'node:net';
import { StackError } from './error.ts';

/** `default`: the port that each part usually has. `free`: whatever the system has to spare. */
export type PortChoice = 'default' | 'free';

/** Everything here listens on loopback only. */
export const loopback = '127.0.0.1';

/**
 * A port on loopback that nothing listens on now.
 * Throws `DETENT_STACK_PORT_TAKEN` when `usual` is wanted and somebody has it.
 */
export async function choosePort(choice: PortChoice, usual: number, what: string): Promise<number> {
  const port = choice === 'free' ? 0 : usual;
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (cause) => {
      const message = `Port ${port} on ${loopback}, wanted for ${what}, cannot be had (${cause.message}). Stop what listens there, or choose free ports: npm run stack -- --ports free`;
      reject(new StackError('DETENT_STACK_PORT_TAKEN', message));
    });
    probe.listen(port, loopback, () => {
      const address = probe.address();
      const got = typeof address === 'object' && address !== null ? address.port : port;
      probe.close(() => resolve(got));
    });
  });
}
