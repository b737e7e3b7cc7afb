// How is an engine reached that has no socket on this machine? Through `docker system dial-stdio`, which knows ssh.
import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';

/** What the http client expects of a socket and a pipe to a process has no use for. */
const socketManners = ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref'] as const;

/** An agent whose connections are processes of the docker command: its keys, its known hosts, its settings. */
export function dialAgent(where: string): Agent {
  const agent = new Agent({ keepAlive: false });
  agent.createConnection = () => {
    const child = spawn('docker', ['--host', where, 'system', 'dial-stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const pipe = Duplex.from({ readable: child.stdout, writable: child.stdin });
    child.once('error', (error) => pipe.destroy(error));
    pipe.once('close', () => child.kill());
    for (const name of socketManners) Object.defineProperty(pipe, name, { value: () => pipe });
    return pipe;
  };
  return agent;
}
