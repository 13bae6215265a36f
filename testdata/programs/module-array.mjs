// The module of module-array.js.
export class Visit {
  constructor(number) {
    this.page = { number, title: `page ${number}` };
    this.referrers = [`/from/${number % 9}`];
  }
}

export const visits = [];
const BOUND = 50; // visits kept when the leak is mended

export function visit(number, leak) {
  visits.push(new Visit(number));
  if (!leak && visits.length > BOUND) visits.shift();
}
