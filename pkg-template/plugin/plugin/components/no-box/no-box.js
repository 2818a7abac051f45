// What stands in the box of a mini-program that brings none of its own.

Component({});
