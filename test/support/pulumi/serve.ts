// How does a stand-in answer the engine? As a gRPC server on a port of its own; what a handler throws is its answer.

import type { ServiceDefinition, UntypedHandleCall } from '@grpc/grpc-js';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';

export type Served = { readonly port: number; stop(): void };

/** The kind of failure that the engine shows as it is. */
export class Refusal extends Error {}

/** A handler of one question with one answer. */
export const unary =
  <Question, Answer>(answer: (question: Question) => Answer | Promise<Answer>): UntypedHandleCall =>
  async (call: ServerUnaryCall<Question, Answer>, done: sendUnaryData<Answer>) => {
    try {
      done(null, await answer(call.request));
    } catch (error) {
      const { message, stack } = error as Error;
      const isRefusal = error instanceof Refusal;
      done({ code: isRefusal ? status.UNKNOWN : status.INTERNAL, details: isRefusal ? message : String(stack) });
    }
  };

/** Every method that has no handler is unimplemented, as the engine expects of what a plugin does not know. */
export function serve(
  definition: ServiceDefinition,
  handlers: Readonly<Record<string, UntypedHandleCall>>,
): Promise<Served> {
  const server = new Server({ 'grpc.max_receive_message_length': 400 * 2 ** 20 });
  server.addService(definition, handlers);
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
      if (error !== null) reject(error);
      else resolve({ port, stop: () => server.forceShutdown() });
    });
  });
}
