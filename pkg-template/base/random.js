// Random names that nobody else has. They need not be secret, and mini-programs have no better source of randomness.

export const random = () => Math.random().toString(36).slice(2);

export const newName = () => `d-${random()}${random()}`;
