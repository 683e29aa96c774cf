import stringWidth from 'string-width';
import { lastOf } from './builtin.cjs';

/** How wide a text is in a terminal: TypeScript that has to be compiled, with a package of npm. */
export const width = (text: string): number => stringWidth(text);

export async function later(text: string): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return `${text}?`;
}

export const value = 1;

export function last(text: string): string {
  return lastOf(text);
}
