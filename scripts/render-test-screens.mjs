/**
 * Renders the phone screens of `test/fixtures/screens` and `targets.json` beside them: where on each screen a finger must land to tap what
 * a user names. It needs the fonts of Debian's `fonts-noto-cjk` (`apt-get install fonts-noto-cjk`).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const FOLDER = fileURLToPath(new URL('../test/fixtures/screens/', import.meta.url));
const WIDTH = 1080;
const HEIGHT = 2400;
const FONT = 'Noto Sans CJK SC';

const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const label = (text, x, y, size, { fill = '#1c1c1e', weight = 400, anchor = 'start' } = {}) =>
  `<text x="${x}" y="${y}" font-family="${FONT}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escapeXml(text)}</text>`;
const plate = (x, y, width, height, fill, radius = 24) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"/>`;

/** A screen that is put together piece by piece; what may be tapped is kept with its box. */
class Screen {
  constructor(name, paper = '#f5f5f7') {
    this.name = name;
    this.body = plate(0, 0, WIDTH, HEIGHT, paper, 0);
    this.targets = [];
    this.body += label('9:41', 60, 84, 40, { weight: 700 }) + label('5G  87%', 1020, 84, 36, { anchor: 'end' });
  }
  title(text) {
    this.body += label(text, 540, 200, 52, { weight: 700, anchor: 'middle' });
    return this;
  }
  note(text, x, y, size = 36, options = {}) {
    this.body += label(text, x, y, size, { fill: '#8a8a8e', ...options });
    return this;
  }
  button(text, x, y, width, { height = 128, fill = '#2f6bff', color = '#ffffff', size = 46 } = {}) {
    this.body += plate(x, y, width, height, fill);
    this.body += label(text, x + width / 2, y + height / 2 + size * 0.36, size, { fill: color, anchor: 'middle' });
    this.targets.push({ text, box: [x, y, x + width, y + height] });
    return this;
  }
  row(text, y, value = '') {
    this.body += plate(40, y, 1000, 136, '#ffffff');
    this.body += label(text, 88, y + 84, 44);
    if (value !== '') this.body += label(value, 992, y + 84, 38, { fill: '#8a8a8e', anchor: 'end' });
    this.targets.push({ text, box: [40, y, 1040, y + 136] });
    return this;
  }
  tabs(texts) {
    const width = WIDTH / texts.length;
    this.body += plate(0, 2230, WIDTH, 170, '#ffffff', 0);
    texts.forEach((text, index) => {
      this.body += label(text, width * (index + 0.5), 2330, 38, { anchor: 'middle' });
      this.targets.push({ text, box: [width * index, 2230, width * (index + 1), 2400] });
    });
    return this;
  }
}

const SCREENS = [
  new Screen('login')
    .title('欢迎回来')
    .note('手机号', 100, 520)
    .note('138 0013 8000', 100, 600, 48, { fill: '#1c1c1e' })
    .note('密码', 100, 760)
    .button('登录', 90, 960, 900)
    .button('注册新账号', 90, 1130, 430, { fill: '#e6e6ea', color: '#1c1c1e' })
    .button('忘记密码', 560, 1130, 430, { fill: '#e6e6ea', color: '#1c1c1e' })
    .note('登录即表示同意用户协议', 540, 2200, 34, { anchor: 'middle' }),
  new Screen('chats')
    .title('消息')
    .row('张伟', 300, '昨天')
    .row('产品讨论组', 456, '10:24')
    .row('李娜', 612, '星期三')
    .row('快递小助手', 768, '09:02')
    .row('妈妈', 924, '08:15')
    .tabs(['消息', '通讯录', '发现', '我']),
  new Screen('settings')
    .title('设置')
    .row('无线网络', 300, 'Home-5G')
    .row('蓝牙', 456, '关闭')
    .row('显示与亮度', 612)
    .row('声音与振动', 768)
    .row('电池', 924, '87%')
    .row('存储空间', 1080, '94.2 GB')
    .row('关于手机', 1236),
  new Screen('cart')
    .title('购物车')
    .row('康师傅红烧牛肉面', 300, '￥5.50')
    .row('伊利纯牛奶', 456, '￥21.60')
    .note('合计：￥27.10', 80, 2140, 46, { fill: '#d3202a' })
    .button('去结算', 700, 2070, 330, { fill: '#d3202a' })
    .button('全选', 80, 1880, 240, { fill: '#e6e6ea', color: '#1c1c1e' })
    .tabs(['首页', '分类', '购物车', '我的']),
  new Screen('map')
    .title('附近的咖啡店')
    .row('星河咖啡', 300, '320 米')
    .row('蓝山书屋', 456, '540 米')
    .row('海边小站', 612, '1.2 公里')
    .button('导航', 90, 2060, 430)
    .button('打电话', 560, 2060, 430, { fill: '#1f9d55' }),
  new Screen('music', '#14142b')
    .note('正在播放', 540, 300, 40, { anchor: 'middle', fill: '#c9c9d6' })
    .note('夜曲 第二乐章', 540, 1300, 60, { anchor: 'middle', fill: '#ffffff' })
    .button('上一首', 60, 1640, 300, { fill: '#33335a' })
    .button('暂停', 390, 1640, 300, { fill: '#7a5cff' })
    .button('下一首', 720, 1640, 300, { fill: '#33335a' })
    .button('收藏', 60, 1860, 460, { fill: '#33335a' })
    .button('评论', 560, 1860, 460, { fill: '#33335a' }),
  new Screen('takeaway')
    .title('确认订单')
    .row('收货地址', 300, '幸福路 12 号')
    .row('预计送达', 456, '12:40')
    .row('备注', 612, '不要辣')
    .row('优惠券', 768, '-￥8')
    .note('实付 ￥36.00', 80, 2150, 50, { fill: '#1c1c1e' })
    .button('提交订单', 660, 2070, 370, { fill: '#ff7a00' }),
  new Screen('dialog', '#b9b9c2')
    .button('允许', 560, 1300, 400)
    .button('拒绝', 120, 1300, 400, { fill: '#e6e6ea', color: '#1c1c1e' })
    .note('是否允许“地图”使用您的位置？', 540, 1180, 46, { anchor: 'middle', fill: '#1c1c1e' }),
  new Screen('mail')
    .title('Inbox')
    .row('Quarterly report', 300, '10:12')
    .row('Train tickets', 456, 'Tue')
    .row('Dinner on Friday', 612, 'Mon')
    .button('Compose', 660, 2050, 370)
    .button('Archive', 60, 2050, 270, { fill: '#e6e6ea', color: '#1c1c1e' })
    .button('Delete', 360, 2050, 270, { fill: '#d3202a' }),
  new Screen('calendar')
    .title('11月22日 星期日')
    .row('09:30 团队例会', 300, '会议室 B')
    .row('14:00 牙医预约', 456)
    .row('19:00 羽毛球', 612, '体育馆')
    .button('新建日程', 90, 2060, 900)
    .button('今天', 90, 1880, 280, { fill: '#e6e6ea', color: '#1c1c1e' }),
];

await mkdir(FOLDER, { recursive: true });
const targets = {};
for (const { name, body, targets: found } of SCREENS) {
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${body}</svg>`);
  const bytes = await sharp(svg).png({ palette: true, colours: 32, compressionLevel: 9 }).toBuffer();
  targets[`${name}.png`] = found;
  await writeFile(`${FOLDER}${name}.png`, bytes);
  process.stdout.write(`${name}.png ${bytes.length} bytes, ${found.length} targets\n`);
}
await writeFile(
  `${FOLDER}targets.json`,
  `${JSON.stringify({ width: WIDTH, height: HEIGHT, screens: targets }, null, 2)}\n`,
);
