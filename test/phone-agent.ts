import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./fixtures/screens/', import.meta.url));

/** Something on a screen that can be tapped; its box in pixels: left, top, right, bottom. */
export interface TapTarget {
  readonly text: string;
  readonly box: readonly [number, number, number, number];
}

/** A rendered phone screen. */
export interface PhoneScreen {
  readonly name: string;
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
  readonly targets: readonly TapTarget[];
}

/** The screens of `test/fixtures/screens`. */
export function phoneScreens(): PhoneScreen[] {
  const { width, height, screens } = JSON.parse(readFileSync(`${FOLDER}targets.json`, 'utf8')) as {
    width: number;
    height: number;
    screens: Record<string, TapTarget[]>;
  };
  return Object.entries(screens).map(([name, targets]) => ({
    name,
    png: readFileSync(FOLDER + name),
    width,
    height,
    targets,
  }));
}

/** A phone agent's rules, with the actions of Open-AutoGLM. */
const PHONE_RULES = `今天的日期是: 2026年11月22日 星期日
你是操作手机的智能体,每次根据屏幕执行一个操作,输出格式必须是:
<think>一句话理由</think>
<answer>操作</answer>
可用的操作:
- do(action="Launch", app="应用名")
- do(action="Tap", element=[x,y]) 点击屏幕上的点,坐标从左上角(0,0)到右下角(999,999)
- do(action="Type", text="要输入的文字")
- do(action="Swipe", start=[x1,y1], end=[x2,y2])
- do(action="Long Press", element=[x,y])
- do(action="Back")
- do(action="Home")
- do(action="Wait", duration="x seconds")
- finish(message="任务结果") 任务完成时使用`;

/** One step as Open-AutoGLM's client asks for it. */
export function phoneStep(task: string, screen: PhoneScreen): object {
  const url = `data:image/png;base64,${screen.png.toString('base64')}`;
  return {
    model: 'autoglm-phone-9b',
    stream: true,
    max_tokens: 3000,
    temperature: 0,
    top_p: 0.85,
    frequency_penalty: 0.2,
    messages: [
      { role: 'system', content: PHONE_RULES },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url } },
          { type: 'text', text: `${task}\n\n${JSON.stringify({ current_app: screen.name.replace('.png', '') })}` },
        ],
      },
    ],
  };
}

/** An action as the client's parser understands it. */
export type PhoneAction =
  | { readonly kind: 'finish'; readonly message: string }
  | { readonly kind: 'do'; readonly action: string; readonly fields: Readonly<Record<string, unknown>> };

/**
 * Reads an answer by the rules of Open-AutoGLM's client: the action begins at the first `finish(message=`, else at the first `do(action=`,
 * else after `<answer>`; typed text and messages are cut by length; the rest is a call with literal arguments. Throws what it would.
 * Rules: https://github.com/zai-org/Open-AutoGLM (`phone_agent/model/client.py`, `phone_agent/actions/handler.py`).
 */
export function parsePhoneAction(content: string): PhoneAction {
  const action = actionOf(content).trim();
  if (action.startsWith('do(action="Type"') || action.startsWith('do(action="Type_Name"')) {
    const [, text] = action.split('text=', 2);
    if (text === undefined) throw new Error(`there is no text in ${action}`);
    return { kind: 'do', action: 'Type', fields: { text: text.slice(1, -2) } };
  }
  if (action.startsWith('finish'))
    return { kind: 'finish', message: action.replace('finish(message=', '').slice(1, -2) };
  const call = /^do\(((?:\w+=(?:"[^"\\\n]*"|\[\d+, ?\d+\])(?:, ?)?)+)\)$/.exec(action);
  if (call === null) throw new Error(`this is no call: ${action}`);
  const fields: Record<string, unknown> = {};
  for (const [, key, value] of (call[1] ?? '').matchAll(/(\w+)=("[^"]*"|\[[^\]]*\])/g)) {
    fields[key ?? ''] = JSON.parse(value ?? 'null');
  }
  return { kind: 'do', action: String(fields['action']), fields };
}

function actionOf(content: string): string {
  for (const mark of ['finish(message=', 'do(action=']) {
    const at = content.indexOf(mark);
    if (at >= 0) return content.slice(at);
  }
  const [, answer] = content.split('<answer>', 2);
  return answer === undefined ? content : answer.replace('</answer>', '');
}

/** Whether a tap of the client on these coordinates lands within the box. */
export function tapLands(element: unknown, target: TapTarget, screen: PhoneScreen): boolean {
  if (!Array.isArray(element) || element.length !== 2) return false;
  const [x, y] = element as [number, number];
  const [left, top, right, bottom] = target.box;
  const px = Math.trunc((x / 1000) * screen.width);
  const py = Math.trunc((y / 1000) * screen.height);
  return px >= left && px < right && py >= top && py < bottom;
}

/** The text of a streamed answer, as the client puts it together. */
export function phoneAnswer(stream: string): string {
  return [...stream.matchAll(/^data: (\{.*\})$/gm)]
    .map(([, data]) => JSON.parse(data ?? '{}') as { choices?: { delta?: { content?: string } }[] })
    .map(({ choices }) => choices?.[0]?.delta?.content ?? '')
    .join('');
}
