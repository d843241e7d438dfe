from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0003_month_receipt'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='delivery',
            name='delivery_once',
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'refused'), _negated=True), fields=('item', 'source', 'file_digest'), name='delivery_once'),
        ),
    ]
