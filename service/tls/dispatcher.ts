import { type Result, success } from '../x509/index.ts';
import { dispatchToClient, dispatchToServer, type Machine } from './dispatch.ts';
import type { Fault } from './fault.ts';
import type { HandshakeMessage, Output } from './states.ts';

/** What became of one message: the machine after it, and what it wants done. */
export type Dispatch = (
  machine: Machine,
  message: HandshakeMessage,
) => Result<{ readonly machine: Machine; readonly outputs: readonly Output[] }, Fault>;

/** From a message to the handlers of the role (RFC 9846 Appendix A). */
export const dispatch: Dispatch = (machine, message) => {
  if (machine.role === 'server') {
    const { role, context } = machine;
    const handled = dispatchToServer(machine.state, message, context);
    if (handled.ok !== true) return handled;
    const { state, outputs } = handled.value;
    return success({ machine: { role, context, state }, outputs });
  }
  const { role, context } = machine;
  const handled = dispatchToClient(machine.state, message, context);
  if (handled.ok !== true) return handled;
  const { state, outputs } = handled.value;
  return success({ machine: { role, context, state }, outputs });
};
