import { BudgetsClient, CreateBudgetCommand, DeleteBudgetCommand } from '@aws-sdk/client-budgets';
import * as v from 'valibot';
import type { ResourceType } from './resource-type.ts';
import { number, tags } from './template-values.ts';

const budget = v.strictObject({
  Budget: v.strictObject({
    BudgetName: v.string(),
    BudgetType: v.literal('COST'),
    TimeUnit: v.literal('MONTHLY'),
    BudgetLimit: v.strictObject({ Amount: number, Unit: v.literal('USD') }),
  }),
  NotificationsWithSubscribers: v.array(
    v.strictObject({
      Notification: v.strictObject({
        NotificationType: v.picklist(['ACTUAL', 'FORECASTED']),
        ComparisonOperator: v.literal('GREATER_THAN'),
        Threshold: number,
        ThresholdType: v.literal('PERCENTAGE'),
      }),
      Subscribers: v.array(v.strictObject({ SubscriptionType: v.literal('EMAIL'), Address: v.string() })),
    }),
  ),
  ResourceTags: tags,
});

/** The API takes the amount as a string; else it is what the template says. */
export const budgetTypes = {
  'AWS::Budgets::Budget': {
    async create(settings, properties, { account }) {
      const { Budget, NotificationsWithSubscribers, ResourceTags } = v.parse(budget, properties);
      const { Amount, Unit } = Budget.BudgetLimit;
      await new BudgetsClient(settings).send(
        new CreateBudgetCommand({
          AccountId: account,
          Budget: { ...Budget, BudgetLimit: { Amount: `${Amount}`, Unit } },
          NotificationsWithSubscribers,
          ResourceTags,
        }),
      );
      return { physicalId: Budget.BudgetName, attributes: {} };
    },
    async delete(settings, BudgetName, _, { account }) {
      await new BudgetsClient(settings).send(new DeleteBudgetCommand({ AccountId: account, BudgetName }));
    },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
