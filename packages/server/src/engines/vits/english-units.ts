/** Singular and plural of units that espeak-ng spells out letter by letter or reads as words. */
const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  km: ['kilometer', 'kilometers'],
  m: ['meter', 'meters'],
  cm: ['centimeter', 'centimeters'],
  mm: ['millimeter', 'millimeters'],
  µm: ['micrometer', 'micrometers'],
  nm: ['nanometer', 'nanometers'],
  mi: ['mile', 'miles'],
  ft: ['foot', 'feet'],
  yd: ['yard', 'yards'],
  kg: ['kilogram', 'kilograms'],
  g: ['gram', 'grams'],
  mg: ['milligram', 'milligrams'],
  lb: ['pound', 'pounds'],
  lbs: ['pound', 'pounds'],
  oz: ['ounce', 'ounces'],
  L: ['liter', 'liters'],
  l: ['liter', 'liters'],
  mL: ['milliliter', 'milliliters'],
  ml: ['milliliter', 'milliliters'],
  h: ['hour', 'hours'],
  hr: ['hour', 'hours'],
  hrs: ['hour', 'hours'],
  min: ['minute', 'minutes'],
  mins: ['minute', 'minutes'],
  s: ['second', 'seconds'],
  sec: ['second', 'seconds'],
  secs: ['second', 'seconds'],
  ms: ['millisecond', 'milliseconds'],
  µs: ['microsecond', 'microseconds'],
  ns: ['nanosecond', 'nanoseconds'],
  B: ['byte', 'bytes'],
  KB: ['kilobyte', 'kilobytes'],
  kB: ['kilobyte', 'kilobytes'],
  MB: ['megabyte', 'megabytes'],
  GB: ['gigabyte', 'gigabytes'],
  TB: ['terabyte', 'terabytes'],
  KiB: ['kibibyte', 'kibibytes'],
  MiB: ['mebibyte', 'mebibytes'],
  GiB: ['gibibyte', 'gibibytes'],
  kbps: ['kilobit per second', 'kilobits per second'],
  Mbps: ['megabit per second', 'megabits per second'],
  Gbps: ['gigabit per second', 'gigabits per second'],
  Hz: ['hertz', 'hertz'],
  kHz: ['kilohertz', 'kilohertz'],
  MHz: ['megahertz', 'megahertz'],
  GHz: ['gigahertz', 'gigahertz'],
  W: ['watt', 'watts'],
  kW: ['kilowatt', 'kilowatts'],
  MW: ['megawatt', 'megawatts'],
  kWh: ['kilowatt hour', 'kilowatt hours'],
  V: ['volt', 'volts'],
  mAh: ['milliamp hour', 'milliamp hours'],
  mph: ['mile per hour', 'miles per hour'],
  kph: ['kilometer per hour', 'kilometers per hour'],
  '°C': ['degree Celsius', 'degrees Celsius'],
  '°F': ['degree Fahrenheit', 'degrees Fahrenheit'],
  '°': ['degree', 'degrees'],
};
const NAMES = Object.keys(UNITS)
  .toSorted((a, b) => b.length - a.length)
  .join('|');
const POWERS: Readonly<Record<string, readonly [before: string, after: string]>> = {
  '²': ['square ', ' squared'],
  '³': ['cubic ', ' cubed'],
};
const QUANTITY = new RegExp(
  `(?<![\\w$€£¥])((?:\\d[\\d,]*)(?:\\.\\d+)?)([ -]?)(${NAMES})([²³])?(?:/(${NAMES})([²³])?)?(?![\\w'’°/])`,
  'g',
);

/** Writes units after numbers in full: "5 kg" → "5 kilograms", "60 km/h" → "60 kilometers per hour". */
export function sayUnits(text: string): string {
  return text.replaceAll(
    QUANTITY,
    (
      _,
      amount: string,
      joint: string,
      unit: string,
      power: string | undefined,
      per: string | undefined,
      perPower: string | undefined,
    ) => {
      const [one, many] = UNITS[unit] ?? [unit, unit];
      // "a 5-kg bag" is said in the singular.
      const name = amount === '1' || joint === '-' ? one : many;
      const divisor = per === undefined ? '' : ` per ${UNITS[per]?.[0] ?? per}${POWERS[perPower ?? '']?.[1] ?? ''}`;
      return `${amount} ${POWERS[power ?? '']?.[0] ?? ''}${name}${divisor}`;
    },
  );
}
