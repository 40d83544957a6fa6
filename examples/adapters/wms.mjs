// A warehouse system as Detent sees it: takes batches and moves, and tells how far they are.
import { tellStatus } from './detent.mjs';
import { serve } from './serve.mjs';

/** `detent`: where and as whom statuses are sent ({ url, endpoint, secret }). */
export async function startWms({ port = 0, secret, detent }) {
  /** Work by action: what the floor is to do. A real system has a table. */
  const work = new Map();
  const tell = (action, status, more = {}) =>
    tellStatus(detent, { actionId: action.actionId, target: action.target, status, by: 'wms', ...more });

  const server = await serve({
    port,
    secret,
    async handle(action) {
      // What replaces or takes back comes after what it names: Detent keeps the order of each entity.
      if (action.supersedes) work.delete(action.supersedes);
      if (action.type === 'withdraw') {
        work.delete(action.details.actionId);
        return tell(action, 'done');
      }
      if (action.type !== 'release-batch' && action.type !== 'move') return;
      // What is over does not come. A system that begins work later looks at `validUntil` then.
      work.set(action.actionId, action);
      await tell(action, 'accepted');
    },
  });
  return {
    ...server,
    work,
    /** A worker finished it. */
    finish: (actionId) => end(actionId, 'done'),
    /** A lead refuses it. */
    reject: (actionId, reason, by) => end(actionId, 'rejected', { reason, by }),
  };

  async function end(actionId, status, more) {
    await tell(work.get(actionId), status, more);
    work.delete(actionId);
  }
}

if (import.meta.main) {
  const { WMS_PORT = '9400', WMS_SECRET: secret, STATUS_URL: url } = process.env;
  const { url: own } = await startWms({ port: Number(WMS_PORT), secret, detent: { url, endpoint: 'wms', secret } });
  console.log(`WMS example on ${own}`);
}
