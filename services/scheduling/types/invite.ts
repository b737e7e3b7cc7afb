// What does the scheduler know of an invite? It opens the door once, for one machine.

/** How an invite ended; one that nobody used in time has no end, only a time that has passed. */
export type InviteEnd =
  | {
      readonly kind: 'used';
      readonly at: number;
      readonly workerId: string;
      /** SHA-256 (hex) of the token that the machine made for itself: it may ask again and is answered the same. */
      readonly tokenHash: string;
    }
  | { readonly kind: 'revoked'; readonly at: number };

export type Invite = {
  readonly id: string;
  /** SHA-256 (hex) of its token. */
  readonly tokenHash: string;
  /** The class that its worker will have. */
  readonly class: string;
  /** The name that its worker gets if no other has it by then; null: that of the class. */
  readonly name: string | null;
  /** Certificates (PEM) of the authority that its machine must trust; null: those that every machine knows. */
  readonly authority: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly end: InviteEnd | null;
};
