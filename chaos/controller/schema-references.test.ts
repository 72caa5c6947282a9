import { Type } from 'typebox';
import { expect, it } from 'vitest';
import { SchemaReferences } from './schema-references.ts';

const Colour = Type.Enum(['red', 'blue']);
const Car = Type.Object({ colour: Colour, spare: Type.Optional(Colour) });
const references = new SchemaReferences({ Colour, Car });

it('refers to what has a name, wherever it stands, and leaves it as it was', () => {
  expect(references.refer(Type.Array(Car))).toEqual({ type: 'array', items: { $ref: '#/components/schemas/Car' } });
  expect(references.refer({ content: [Car, 7, null] })).toEqual({ content: [{ $ref: '#/components/schemas/Car' }, 7, null] });
  expect(Car.properties.colour).toBe(Colour);
});

it('has the named themselves, which refer to each other', () => {
  expect(references.components).toMatchObject({ Colour: { enum: ['red', 'blue'] }, Car: { type: 'object', required: ['colour'], properties: { colour: { $ref: '#/components/schemas/Colour' } } } });
});

it('does not refer to what only looks like it', () => {
  expect(references.refer(Type.Enum(['red', 'blue']))).toEqual({ type: 'string', enum: ['red', 'blue'] });
});

it.each([[['a', 'b'], { type: 'string' }], [[500, 503], { type: 'integer' }], [['a', 1], {}]])('says of an enumeration of %j what type its values have', (values, type) => {
  expect(references.refer({ enum: values })).toEqual({ enum: values, ...type });
});
