import { type Server } from 'node:net';
import { Problem } from '../base/problem';

/** Listens and tells the port; a port that is taken or forbidden is one clear line for the operator. */
export function listen(server: Server, host: string, port: number, field: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const at = `${field} ${host}:${port}`;
      if (error.code === 'EADDRINUSE') reject(new Problem('PORT_TAKEN', { at }));
      else if (error.code === 'EACCES')
        reject(new Problem('PORT_TAKEN', { at, note: 'this user may not listen there' }));
      else reject(new Problem('BAD_CONFIG', { at, note: error.message, cause: error }));
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
