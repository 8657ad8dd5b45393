import type { Order } from '../../access-diff/order.ts'

/** What is not comparable counts as more for whoever guards against more, and is told so. */
export function changeWord(order: Order): string {
  switch (order) {
    case 'same':
      return 'unchanged'
    case 'wider':
      return '**widened**'
    case 'narrower':
      return 'narrowed'
    case 'other':
      return '**widened in part**'
    default:
      return order satisfies never
  }
}
