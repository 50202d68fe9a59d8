/** Whether a browser may follow it: a `javascript:` address would run in this page. */
export const isWeb = (address: string) => URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
