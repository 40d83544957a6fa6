/** A fault that the person at the terminal can mend. `code` is `DETENT_STACK_<CAUSE>`; the message says what to do. */
export class StackError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'StackError';
    this.code = code;
  }
}
