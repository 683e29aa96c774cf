import addresses from '@fragaria/address-formatter';

/** An address in one line, as the post of its country writes it. */
export function clean(
  houseNumber: string,
  road: string,
  postcode: string,
  city: string,
  state: string,
  countryCode: string,
): string {
  const parts = { houseNumber, road, postcode, city, state, countryCode };
  return addresses.format(parts, { abbreviate: true, output: 'array' }).join(', ');
}
