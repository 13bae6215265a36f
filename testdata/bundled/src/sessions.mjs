const recentSessions = new Map(); // visitor -> VisitorSession
const BOUND = 50;

export class VisitorSession {
  constructor(number) {
    this.visitor = { number, name: `visitor ${number}` };
    this.pages = [`/start/${number}`];
  }
}

export function remember(number, leak) {
  const session = new VisitorSession(number);
  recentSessions.set(session.visitor.name, session);
  if (!leak && recentSessions.size > BOUND) recentSessions.delete(recentSessions.keys().next().value);
  return session;
}
