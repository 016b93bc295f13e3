import type * as bitcoin from '../../service/bitcoin/index.ts';
import { signStatement, type WalletKey } from '../../service/bitcoin/index.ts';
import type { StatementText } from '../../service/bitcoin/statement.ts';

/* What must not compile: the compiler reads this, nothing runs it. */

declare const key: WalletKey;
declare const statement: StatementText;
declare const hedge: Uint8Array;

signStatement(key, statement, hedge);

// @ts-expect-error the signature hash of a transaction is no statement
signStatement(key, new Uint8Array(32), hedge);

// @ts-expect-error a text is no statement, whatever it says
signStatement(key, statement.text, hedge);

// @ts-expect-error what has all the public members of a statement is none: its brand is private
signStatement(key, { text: statement.text, fields: statement.fields }, hedge);

// @ts-expect-error a copy loses the brand, and is no statement any more
signStatement(key, { ...statement }, hedge);

// @ts-expect-error the fields alone are no statement
signStatement(key, statement.fields, hedge);

// @ts-expect-error without a hedge nothing is signed
signStatement(key, statement);

// @ts-expect-error the class is exported as a type alone, so nobody outside can construct one
new bitcoin.StatementText(statement.fields);

/** The public face has no function that signs anything else. */
type Signers = Extract<keyof typeof bitcoin, `sign${string}`>;
const signers: Signers = 'signStatement';
// @ts-expect-error signing any bytes is not in the public face
const generic: Signers = 'signSimple';

export const used = [signers, generic];
