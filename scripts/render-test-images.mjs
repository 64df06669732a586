/**
 * Renders the pictures of `test/fixtures/images` and `expected.json` beside them, which holds the text that each shows.
 * It needs the fonts of Debian's `fonts-noto-cjk` and `fonts-dejavu-core` (`apt-get install fonts-noto-cjk fonts-dejavu-core`).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const FOLDER = fileURLToPath(new URL('../test/fixtures/images/', import.meta.url));
const CJK = 'Noto Sans CJK SC';
const SERIF = 'Noto Serif CJK SC';
const LATIN = 'DejaVu Sans';
const MONO = 'DejaVu Sans Mono';

const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** One line of text; `size` in pixels, `x` and `y` of its anchor on the baseline. */
function write(text, x, y, size, { font = CJK, fill = '#111', weight = 400, anchor = 'start', extra = '' } = {}) {
  return `<text x="${x}" y="${y}" font-family="${font}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}" ${extra}>${escapeXml(text)}</text>`;
}

function svg(width, height, body) {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`);
}

const page = (width, height, body, paper = '#fff') =>
  sharp(svg(width, height, `<rect width="100%" height="100%" fill="${paper}"/>${body}`)).flatten({ background: paper });

/** Gaussian noise as a grey layer, centred on mid-grey, from a fixed seed so that each run draws the same. */
function noise(width, height, sigma) {
  let state = 0x2545f491;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 4294967296;
  };
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    const grey = 128 + sigma * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    pixels.fill(Math.max(0, Math.min(255, Math.round(grey))), at, at + 3);
  }
  return { input: pixels, raw: { width, height, channels: 3 }, blend: 'soft-light' };
}

async function promotion() {
  const [width, height] = [900, 620];
  const body = `
    <defs>
      <linearGradient id="wall" x1="0" y1="0" x2="1" y2="1">
        <stop offset="0" stop-color="#8a7f72"/><stop offset="0.5" stop-color="#c9c0b0"/><stop offset="1" stop-color="#5f5a55"/>
      </linearGradient>
      <linearGradient id="board" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" stop-color="#d3202a"/><stop offset="1" stop-color="#9c1018"/>
      </linearGradient>
    </defs>
    <rect width="100%" height="100%" fill="url(#wall)"/>
    <g transform="translate(450 310) rotate(-5) skewX(-4)">
      <rect x="-340" y="-210" width="680" height="420" rx="18" fill="url(#board)" stroke="#f6d77a" stroke-width="8"/>
      ${write('限时优惠', 0, -70, 108, { fill: '#ffe9a8', weight: 700, anchor: 'middle' })}
      ${write('满300减50', 0, 60, 96, { fill: '#ffffff', weight: 700, anchor: 'middle' })}
      ${write('仅限今日', 0, 165, 64, { fill: '#ffe9a8', anchor: 'middle' })}
    </g>`;
  const layers = await sharp(svg(width, height, body))
    .composite([noise(width, height, 26)])
    .removeAlpha()
    .png()
    .toBuffer();
  return {
    file: 'promotion.jpg',
    bytes: await sharp(layers).blur(0.8).jpeg({ quality: 64 }).toBuffer(),
    lines: ['限时优惠', '满300减50', '仅限今日'],
  };
}

async function receipt() {
  const items = [
    ['农夫山泉 550ml', '2', '4.00'],
    ['康师傅红烧牛肉面', '1', '5.50'],
    ['伊利纯牛奶 250ml', '6', '21.60'],
    ['苹果(散称)', '1', '12.85'],
  ];
  const lines = ['幸福里便利店', '欢迎光临', '单号：20251122-0087', '2025-11-22 14:36', '品名', '数量', '金额'];
  let body =
    write('幸福里便利店', 240, 62, 38, { weight: 700, anchor: 'middle' }) +
    write('欢迎光临', 240, 102, 24, { anchor: 'middle' }) +
    write('单号：20251122-0087', 30, 152, 22) +
    write('2025-11-22 14:36', 30, 186, 22) +
    '<line x1="30" y1="206" x2="450" y2="206" stroke="#333" stroke-dasharray="6 5"/>' +
    write('品名', 30, 242, 22) +
    write('数量', 330, 242, 22, { anchor: 'end' }) +
    write('金额', 450, 242, 22, { anchor: 'end' });
  let y = 282;
  for (const [name, count, price] of items) {
    body +=
      write(name, 30, y, 22) +
      write(count, 316, y, 22, { anchor: 'end' }) +
      write(price, 450, y, 22, { anchor: 'end' });
    lines.push(name, count, price);
    y += 38;
  }
  body += `<line x1="30" y1="${y - 16}" x2="450" y2="${y - 16}" stroke="#333" stroke-dasharray="6 5"/>`;
  body +=
    write('合计', 30, y + 28, 28, { weight: 700 }) + write('￥43.95', 450, y + 28, 28, { weight: 700, anchor: 'end' });
  body += write('微信支付', 30, y + 70, 22) + write('43.95', 450, y + 70, 22, { anchor: 'end' });
  body += write('谢谢惠顾，请保留小票', 240, y + 122, 22, { anchor: 'middle' });
  lines.push('合计', '￥43.95', '微信支付', '43.95', '谢谢惠顾，请保留小票');
  return { file: 'receipt.png', bytes: await paletted(page(480, y + 160, body, '#fdfcf7')), lines };
}

async function settings() {
  const rows = [
    ['Wi-Fi', 'HomeNetwork_5G'],
    ['Bluetooth', 'Off'],
    ['Mobile data', '12.4 GB used'],
    ['Display & brightness', 'Automatic'],
    ['Battery', '87%'],
    ['Storage', '94.2 GB of 128 GB'],
    ['Software update', 'Version 17.5.1'],
  ];
  const lines = ['9:41', 'Settings'];
  const options = { font: LATIN, fill: '#1c1c1e' };
  let body =
    write('9:41', 40, 44, 24, { ...options, weight: 700 }) +
    write('Settings', 40, 124, 46, { ...options, weight: 700 });
  let y = 200;
  for (const [name, value] of rows) {
    body += `<rect x="24" y="${y - 44}" width="672" height="68" rx="10" fill="#ffffff"/>`;
    body += write(name, 48, y, 26, options) + write(value, 672, y, 24, { ...options, fill: '#6b6b70', anchor: 'end' });
    lines.push(name, value);
    y += 80;
  }
  body += write('Signed in as alex.chen@example.com', 360, y + 10, 20, {
    ...options,
    fill: '#6b6b70',
    anchor: 'middle',
  });
  lines.push('Signed in as alex.chen@example.com');
  return { file: 'settings.png', bytes: await paletted(page(720, y + 60, body, '#f2f2f7')), lines };
}

async function upsideDown() {
  const lines = [
    '会议纪要',
    '时间：2025年11月20日 上午10:00',
    '地点：三楼会议室 Room 302',
    '1. 确认第四季度的预算方案',
    '2. 新产品发布时间推迟到12月15日',
    '3. 下周一前提交测试报告',
    '记录人：王小明',
  ];
  const body = lines
    .map((text, index) =>
      write(text, 50, 90 + index * 62, index === 0 ? 42 : 28, { font: SERIF, weight: index === 0 ? 700 : 400 }),
    )
    .join('');
  return {
    file: 'upside-down.png',
    bytes: await paletted(sharp(await page(760, 540, body).png().toBuffer()).rotate(180)),
    lines,
    rotation: 180,
  };
}

async function exifOrientation() {
  const lines = ['Platform 9', 'Next train 18:25', '开往上海虹桥', '请站在黄线以外'];
  const body =
    write(lines[0], 60, 130, 84, { font: LATIN, fill: '#fff', weight: 700 }) +
    write(lines[1], 60, 230, 48, { font: LATIN, fill: '#ffd34d' }) +
    write(lines[2], 60, 330, 60, { fill: '#fff' }) +
    write(lines[3], 60, 420, 44, { fill: '#ffd34d' });
  // Orientation 6 says: turn the stored pixels a quarter clockwise; so they are stored turned the other way.
  const upright = await page(680, 480, body, '#12335c').png().toBuffer();
  return {
    file: 'exif-orientation-6.jpg',
    bytes: await sharp(upright).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 80 }).toBuffer(),
    lines,
  };
}

async function webp() {
  const lines = ['周末音乐节', 'Weekend Music Festival', '11月29日 19:30', '门票 ￥180 起', 'www.example.com/tickets'];
  const [width, height] = [640, 520];
  const body = `
    <defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#2b1055"/><stop offset="1" stop-color="#7597de"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    ${write(lines[0], 320, 110, 76, { fill: '#fff', weight: 700, anchor: 'middle' })}
    ${write(lines[1], 320, 190, 40, { font: LATIN, fill: '#ffe', anchor: 'middle' })}
    ${write(lines[2], 320, 280, 46, { fill: '#fff', anchor: 'middle' })}
    ${write(lines[3], 320, 360, 46, { fill: '#ffd34d', anchor: 'middle' })}
    ${write(lines[4], 320, 450, 30, { font: MONO, fill: '#fff', anchor: 'middle' })}`;
  return { file: 'poster.webp', bytes: await page(width, height, body).webp({ quality: 78 }).toBuffer(), lines };
}

async function columns() {
  const left = [
    '春天的早晨，阳光洒在',
    '湖面上，微风吹过，水',
    '波轻轻地荡漾开来。岸',
    '边的柳树抽出了新芽，',
    '几只燕子从远处飞来，',
    '停在老屋的屋檐下面。',
  ];
  const right = [
    'The library opens at',
    'nine every morning',
    'and closes at eight',
    'in the evening. Books',
    'may be kept for three',
    'weeks and renewed.',
  ];
  const title = '双语读物 Bilingual Reader 第12期';
  let body = write(title, 400, 70, 38, { font: SERIF, weight: 700, anchor: 'middle' });
  left.forEach((text, index) => (body += write(text, 50, 150 + index * 50, 30, { font: SERIF })));
  right.forEach((text, index) => (body += write(text, 430, 150 + index * 50, 28, { font: LATIN })));
  body += write('第 3 页', 400, 480, 22, { anchor: 'middle' });
  return {
    file: 'columns.png',
    bytes: await paletted(page(800, 520, body)),
    lines: [title, ...left, ...right, '第 3 页'],
  };
}

async function transparent() {
  const lines = ['透明背景 Logo', 'Concert 2025'];
  const body =
    write(lines[0], 200, 80, 44, { anchor: 'middle' }) +
    write(lines[1], 200, 150, 40, { font: LATIN, anchor: 'middle' });
  return {
    file: 'transparent.png',
    bytes: await sharp(svg(400, 200, body))
      .png({ palette: true })
      .toBuffer(),
    lines,
  };
}

async function noText() {
  const [width, height] = [480, 320];
  const body = `
    <defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#7fb2e5"/><stop offset="1" stop-color="#e8f1fa"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/><circle cx="380" cy="80" r="38" fill="#ffe27a"/>
    <path d="M0 260 L130 150 L240 250 L330 180 L480 270 L480 320 L0 320 Z" fill="#5b7f5a"/>`;
  const painted = await sharp(svg(width, height, body))
    .composite([noise(width, height, 12)])
    .removeAlpha()
    .png()
    .toBuffer();
  return { file: 'no-text.jpg', bytes: await sharp(painted).jpeg({ quality: 70 }).toBuffer(), lines: [] };
}

const paletted = (image) => image.png({ palette: true, colours: 32, compressionLevel: 9 }).toBuffer();

await mkdir(FOLDER, { recursive: true });
const expected = {};
for (const render of [promotion, receipt, settings, upsideDown, exifOrientation, webp, columns, transparent, noText]) {
  const { file, bytes, lines, rotation = 0 } = await render();
  const { autoOrient } = await sharp(bytes).metadata();
  expected[file] = { width: autoOrient.width, height: autoOrient.height, rotation, lines };
  await writeFile(FOLDER + file, bytes);
  process.stdout.write(`${file} ${bytes.length} bytes\n`);
}
await writeFile(`${FOLDER}expected.json`, `${JSON.stringify(expected, null, 2)}\n`);
