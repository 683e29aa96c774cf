import stringWidth from 'string-width';
import { lastOf } from './builtin.cjs';

/** The width of a string in a terminal. Tests TypeScript that must be compiled and uses an npm package. */
export const width = (text: string): number => stringWidth(text);

export async function later(text: string): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return `${text}?`;
}

export const value = 1;

export function last(text: string): string {
  return lastOf(text);
}
