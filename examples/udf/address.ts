import addresses from '@fragaria/address-formatter';

/** Formats an address in one line, in the postal format of its country. */
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
