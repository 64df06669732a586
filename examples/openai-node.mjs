/** The official OpenAI client for Node: `npm install openai`, then `node openai-node.mjs`. */
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: `${process.env.CONCERT_URL ?? 'http://localhost:8000'}/v1`, apiKey: 'EMPTY' });
const model = 'autoglm-phone-9b';

console.log('— streamed');
const stream = await client.chat.completions.create({
  model,
  stream: true,
  max_tokens: 60,
  messages: [{ role: 'user', content: 'Name three rivers, one per line.' }],
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
console.log();

console.log('— a loop with a tool');
const runner = client.chat.completions.runTools({
  model,
  max_tokens: 120,
  temperature: 0,
  messages: [{ role: 'user', content: 'What is the weather in Paris? Use the tool.' }],
  tools: [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'The weather of a city now.',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        parse: JSON.parse,
        function: ({ city }) => `${city}: 21 degrees, light rain`,
      },
    },
  ],
});
runner.on('functionToolCall', (call) => console.log(`called ${call.name}(${call.arguments})`));
console.log(await runner.finalContent());

console.log('— thinking first');
const thought = await client.chat.completions.create({
  model,
  max_tokens: 300,
  enable_thinking: true,
  return_reasoning: true,
  messages: [{ role: 'user', content: 'Which is larger, 9.11 or 9.9?' }],
});
console.log(`thought: ${thought.choices[0].message.reasoning_content}`);
console.log(`said: ${thought.choices[0].message.content}`);

console.log('— a response that remembers');
const first = await client.responses.create({ model, max_output_tokens: 40, input: 'My name is Ada. Greet me.' });
const second = await client.responses.create({
  model,
  max_output_tokens: 40,
  previous_response_id: first.id,
  input: 'What is my name? One word.',
});
console.log(second.output_text);
