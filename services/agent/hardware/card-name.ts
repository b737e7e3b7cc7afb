// What is a card called? Looked up in the tables that Linux distributions carry; a number where there is none.
import { type PciCard, textIn } from './drm.ts';

/** pci.ids(5): vendors begin a line, their devices are below them behind one tab. */
const pciName = (table: string, { vendor, device }: PciCard): string | null => {
  const start = table.search(new RegExp(`^${vendor}  `, 'm'));
  if (start < 0) return null;
  const rest = table.slice(start).split('\n').slice(1);
  const end = rest.findIndex((line) => /^[0-9a-f]/.test(line));
  const line = rest.slice(0, end < 0 ? undefined : end).find((each) => each.startsWith(`\t${device}  `));
  const name = line?.slice(device.length + 3);
  // The name of the product stands in brackets behind that of the chip.
  return name === undefined ? null : (/\[([^\]]+)\]$/.exec(name)?.[1] ?? name);
};

/** amdgpu.ids of libdrm: `device,<tab>revision,<tab>name`, in upper case. */
const amdName = (table: string, { device, revision }: PciCard): string | null => {
  const key = `${device},\t${revision},\t`.toUpperCase();
  const line = table.split('\n').find((each) => each.toUpperCase().startsWith(key));
  return line?.slice(key.length).trim() || null;
};

/** Names a card, `brand` before what is not a product's whole name. The tables are large, so each card is looked up once. */
export type NameOf = (card: PciCard, brand: 'AMD' | 'Intel') => string;

export const cardNames = (root: string): NameOf => {
  const known = new Map<string, string>();
  const table = (...path: string[]): string => textIn(root, 'usr/share', ...path) ?? '';
  const pciIds = () => table('misc/pci.ids') || table('hwdata/pci.ids');
  return (card, brand) => {
    const name =
      known.get(card.slot) ??
      textIn(card.folder, 'device/product_name') ??
      (brand === 'AMD' ? amdName(table('libdrm/amdgpu.ids'), card) : null) ??
      pciName(pciIds(), card) ??
      `GPU ${card.device}`;
    known.set(card.slot, name);
    return (name.startsWith(brand) ? name : `${brand} ${name}`).slice(0, 200);
  };
};
