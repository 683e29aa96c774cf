import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Ports that are not in use on any address. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** A port that is not in use. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}
