/** LangChain for JavaScript: `npm install @langchain/openai @langchain/core`, then `node langchain-js.mjs`. */
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';

const chat = new ChatOpenAI({
  configuration: { baseURL: `${process.env.CONCERT_URL ?? 'http://localhost:8000'}/v1` },
  apiKey: 'EMPTY',
  model: 'autoglm-phone-9b',
  temperature: 0,
  maxTokens: 120,
});

console.log('— streamed');
for await (const chunk of await chat.stream('Name three rivers, one per line.')) process.stdout.write(chunk.text);
console.log();

console.log('— a tool');
const multiply = tool(({ a, b }) => String(a * b), {
  name: 'multiply',
  description: 'Multiply two whole numbers.',
  schema: z.object({ a: z.number().int(), b: z.number().int() }),
});
const { tool_calls } = await chat.bindTools([multiply], { tool_choice: 'multiply' }).invoke('What is 17 times 23?');
const [call] = tool_calls ?? [];
console.log(call.name, call.args, '→', await multiply.invoke(call.args));

console.log('— JSON that fits a schema');
const person = z.object({ name: z.string(), age: z.number().int() });
const extract = chat.withStructuredOutput(person, { name: 'person' });
console.log(await extract.invoke('Extract the person: Ada Lovelace was 36 years old.'));
