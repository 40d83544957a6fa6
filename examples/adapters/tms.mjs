// A transport system as Detent sees it: books what it is told to, and lets a dispatcher say no.
import { tellStatus } from './detent.mjs';
import { serve } from './serve.mjs';

/** `book(action)` books with the carrier and returns true, or false where the carrier will not have it. */
export async function startTms({ port = 0, secret, detent, book }) {
  const bookings = new Map();
  const tell = (action, status, more = {}) =>
    tellStatus(detent, { actionId: action.actionId, target: action.target, status, by: 'tms', ...more });

  const server = await serve({
    port,
    secret,
    async handle(action) {
      // A booking that is replaced or taken back is cancelled by what `undo` says.
      const before = action.supersedes ?? (action.type === 'withdraw' ? action.details.actionId : undefined);
      if (before !== undefined) bookings.delete(before);
      if (action.type === 'withdraw') return tell(action, 'done');
      if (action.type !== 'assign-carrier' && action.type !== 'consolidate') return;
      const { carrierId, serviceId } = action.details;
      if (!(await book(action))) return tell(action, 'rejected', { reason: `${carrierId}/${serviceId} has no room` });
      bookings.set(action.actionId, { carrierId, serviceId });
      await tell(action, 'done');
    },
  });
  return { ...server, bookings };
}

if (import.meta.main) {
  const { TMS_PORT = '9401', TMS_SECRET: secret, STATUS_URL: url } = process.env;
  const detent = { url, endpoint: 'tms', secret };
  const { url: own } = await startTms({ port: Number(TMS_PORT), secret, detent, book: async () => true });
  console.log(`TMS example on ${own}`);
}
