import { answer } from './answer.mjs';

answer().then(console.log);
